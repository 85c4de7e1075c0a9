/* What was typed and not saved, kept in this browser: it survives a reload, a logout and an expired session. */
(function () {
    "use strict";
    var MONTH = 30 * 24 * 3600 * 1000;

    function read(key) {
        try {
            return key ? JSON.parse(window.localStorage.getItem(key)) : null;
        } catch (error) {
            return null;
        }
    }

    function write(key, base, text) {
        if (!key) {
            return true;
        }
        try {
            window.localStorage.setItem(key, JSON.stringify({ base: base, text: text, at: Date.now() }));
            return true;
        } catch (error) {
            return false;
        }
    }

    function drop(key) {
        try {
            window.localStorage.removeItem(key);
        } catch (error) {
            return;
        }
    }

    /* Drafts that nobody came back for within a month make room. */
    function tidy() {
        try {
            Object.keys(window.localStorage).forEach(function (key) {
                var kept = key.indexOf("desk:") === 0 ? read(key) : null;
                if (kept && Date.now() - kept.at > MONTH) {
                    drop(key);
                }
            });
        } catch (error) {
            return;
        }
    }

    window.deskDrafts = { read: read, write: write, drop: drop, tidy: tidy };
})();
