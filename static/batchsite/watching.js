/* Looks again while something goes on and the page is looked at.

   batchsite.watch({ url, seconds, headers, show }): `show` gets the answer's text and says whether to look again. A look
   that fails is tried again, more and more slowly; a page that was hidden is looked at as soon as it is shown. */
(function () {
    "use strict";
    var SLOWEST = 60;

    window.batchsite = window.batchsite || {};
    window.batchsite.watch = function (asked) {
        var timer = null, failures = 0, asking = false, over = false;

        function later() {
            window.clearTimeout(timer);
            if (!over && !document.hidden) {
                timer = window.setTimeout(look, 1000 * Math.min(SLOWEST, asked.seconds * Math.pow(2, failures)));
            }
        }

        function look() {
            if (over || asking || document.hidden) {
                return;
            }
            asking = true;
            fetch(asked.url, { credentials: "same-origin", redirect: "error", headers: asked.headers || {} })
                .then(function (answer) {
                    if (!answer.ok) {
                        throw new Error("status " + answer.status);
                    }
                    return answer.text();
                })
                .finally(function () { asking = false; })
                .then(function (text) {
                    failures = 0;
                    over = !asked.show(text);
                    later();
                })
                .catch(function () {
                    failures += 1;
                    later();
                });
        }

        document.addEventListener("visibilitychange", function () {
            window.clearTimeout(timer);
            look();
        });
        later();
    };
}());
