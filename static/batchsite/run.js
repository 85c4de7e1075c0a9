/* The page of a run: puts in what has changed while the run goes on; at its end the page is fetched once. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var box = document.getElementById("run-progress");

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
        if (!state || state.dataset.live !== "1") {
            /* The buttons above depend on the state. */
            window.location.reload();
            return false;
        }
        replace(fresh);
        return true;
    }

    if (box && box.dataset.live === "1") {
        window.batchsite.watch({ url: box.dataset.url, seconds: 3, show: show });
    }
});
