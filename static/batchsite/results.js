/* Texts of a pilot or rehearsal: looks again while the run goes on, nobody reads, and the page is visible. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var SECONDS = 3;

    function box() {
        return document.getElementById("results");
    }

    function later() {
        window.setTimeout(look, SECONDS * 1000);
    }

    function show(html) {
        var fresh = new DOMParser().parseFromString(html, "text/html").getElementById("results");
        var reading = box().querySelector("details[open]") || box().contains(document.activeElement);
        if (!fresh) {
            return;
        }
        if (!reading) {
            box().replaceWith(fresh);
        }
        if (reading || fresh.dataset.live === "1") {
            later();
        }
    }

    function look() {
        if (document.hidden) {
            later();
            return;
        }
        fetch(window.location.href, { credentials: "same-origin", redirect: "error" })
            .then(function (answer) {
                if (!answer.ok) {
                    throw new Error("status " + answer.status);
                }
                return answer.text();
            })
            .then(show)
            .catch(later);
    }

    if (box() && box().dataset.live === "1") {
        later();
    }
});
