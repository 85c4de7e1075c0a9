/* The page of a trial: says how far it is while it goes on; at the end the page is fetched once. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var line = document.getElementById("trial-progress");

    function show(text) {
        var now = JSON.parse(text);
        if (!now.live) {
            window.location.reload();
            return false;
        }
        line.textContent = now.done + " of " + now.total + " requests have their answer or their end; the rest is under way.";
        return true;
    }

    if (line && line.dataset.live === "1") {
        window.batchsite.watch({ url: line.dataset.url, seconds: 2, show: show });
    }
});
