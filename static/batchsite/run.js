/* The page of a run: fetches what has changed while the run goes on and the page is looked at; stops at its end. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var SECONDS = 3, SLOWEST = 60;
    var box = document.getElementById("run-progress");
    var timer = null, failures = 0, asking = false;

    if (!box || box.dataset.live !== "1") {
        return;
    }

    function later() {
        window.clearTimeout(timer);
        if (!document.hidden) {
            timer = window.setTimeout(look, 1000 * Math.min(SLOWEST, SECONDS * Math.pow(2, failures)));
        }
    }

    /* Only what differs is put in, and nothing that the reader is in: a link keeps its focus, a timeline stays open. */
    function replace(fresh) {
        Array.from(fresh.querySelectorAll("[id^='run-']")).forEach(function (part) {
            var old = document.getElementById(part.id);
            if (!old || old.innerHTML === part.innerHTML || old.contains(document.activeElement)) {
                return;
            }
            Array.from(old.querySelectorAll("details[open][id]")).forEach(function (open) {
                var again = Array.from(part.querySelectorAll("details")).find(function (one) { return one.id === open.id; });
                if (again) {
                    again.open = true;
                }
            });
            if (old.innerHTML !== part.innerHTML) {
                old.replaceWith(document.adoptNode(part));
            }
        });
    }

    function show(html) {
        var fresh = new DOMParser().parseFromString(html, "text/html");
        var state = fresh.querySelector("[data-live]");
        failures = 0;
        if (!state || state.dataset.live !== "1") {
            /* The buttons above depend on the state: at the end the whole page is fetched once. */
            window.location.reload();
            return;
        }
        replace(fresh);
        later();
    }

    function look() {
        if (document.hidden || asking) {
            return;
        }
        asking = true;
        fetch(box.dataset.url, { credentials: "same-origin", redirect: "error" })
            .then(function (answer) {
                if (!answer.ok) {
                    throw new Error("status " + answer.status);
                }
                return answer.text();
            })
            .finally(function () { asking = false; })
            .then(show)
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
});
