/* The queue of mentions: keys, which each person can switch off, and a search that answers while one types. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var OFF = "batchsite-mention-keys-off";
    var page = document.getElementById("mentions");
    var search = document.getElementById("search");
    var found = document.getElementById("found");
    var button = document.getElementById("keys-switch");
    var said = document.getElementById("queue-said");
    var timer = null;
    var asked = 0;

    function off() {
        try {
            return window.localStorage.getItem(OFF) === "1";
        } catch (error) {
            return false;
        }
    }

    function show() {
        button.setAttribute("aria-pressed", String(!off()));
        page.classList.toggle("queue-keys-off", off());
    }

    function typing(target) {
        return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
    }

    function press(target) {
        if (target.tagName === "INPUT" && target.type !== "checkbox") {
            target.focus();
            target.select();
        } else if (target.tagName === "SUMMARY") {
            target.parentElement.open = true;
            target.parentElement.querySelector("input[name=name]").focus();
        } else {
            target.click();
        }
    }

    function look() {
        var number = ++asked;
        var query = new URLSearchParams(new FormData(search));
        fetch(search.dataset.found + "?" + query, { credentials: "same-origin" }).then(function (answer) {
            return answer.ok ? answer.text() : "";
        }).then(function (html) {
            if (number === asked) {
                found.innerHTML = html;
            }
        }).catch(function () {
            /* The button beside it asks for the whole page. */
        });
    }

    button.hidden = false;
    show();
    button.addEventListener("click", function () {
        try {
            window.localStorage.setItem(OFF, off() ? "0" : "1");
        } catch (error) {
            /* Without storage the keys stay on. */
        }
        show();
    });
    if (search) {
        search.addEventListener("input", function () {
            window.clearTimeout(timer);
            timer = window.setTimeout(look, 200);
        });
    }
    document.addEventListener("keydown", function (event) {
        if (event.key === "Escape" && typing(event.target)) {
            event.target.blur();
            return;
        }
        if (off() || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || typing(event.target)) {
            return;
        }
        var target = page.querySelector('[data-key="' + CSS.escape(event.key) + '"]');
        if (target) {
            event.preventDefault();
            press(target);
        }
    });
    if (new URLSearchParams(window.location.search).has("at")) {
        document.getElementById("mention").focus();
        /* Filled after the page has come: only then is it read out. */
        window.setTimeout(function () {
            said.textContent = said.dataset.said;
        }, 100);
    }
});
