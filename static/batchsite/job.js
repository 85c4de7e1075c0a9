/* The page of a bulk job: shows how far it is while it goes on; at the end the page is fetched once. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var box = document.getElementById("job-progress");

    function show(html) {
        box.innerHTML = html;
        if (box.firstElementChild && box.firstElementChild.dataset.live === "1") {
            return true;
        }
        window.location.reload();
        return false;
    }

    if (box && box.dataset.live === "1") {
        window.batchsite.watch({ url: window.location.href, seconds: 1.5, headers: { "X-Desk": "1" }, show: show });
    }
});
