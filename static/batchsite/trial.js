/* The page of a trial: asks how far it is while it goes on and is looked at; at the end the page is fetched once. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var SECONDS = 2;
    var line = document.getElementById("trial-progress");

    if (!line || line.dataset.live !== "1") {
        return;
    }

    function later() {
        window.setTimeout(look, SECONDS * 1000);
    }

    function show(now) {
        if (!now.live) {
            window.location.reload();
            return;
        }
        line.textContent = now.done + " of " + now.total + " requests have their answer or their end; the rest is under way.";
        later();
    }

    function look() {
        if (document.hidden) {
            later();
            return;
        }
        fetch(line.dataset.url, { credentials: "same-origin", redirect: "error" })
            .then(function (answer) {
                if (!answer.ok) {
                    throw new Error("status " + answer.status);
                }
                return answer.json();
            })
            .then(show)
            .catch(later);
    }

    later();
});
