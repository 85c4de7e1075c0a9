/* The page of a bulk job: fetches how far it is while it goes on and the page is looked at. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var box = document.getElementById("job-progress");

    if (!box || box.dataset.live !== "1") {
        return;
    }

    function later() {
        window.setTimeout(look, 1500);
    }

    function look() {
        if (document.hidden) {
            later();
            return;
        }
        fetch(window.location.href, { credentials: "same-origin", redirect: "error", headers: { "X-Desk": "1" } })
            .then(function (answer) {
                if (!answer.ok) {
                    throw new Error("status " + answer.status);
                }
                return answer.text();
            })
            .then(function (html) {
                box.innerHTML = html;
                if (box.firstElementChild && box.firstElementChild.dataset.live === "1") {
                    later();
                } else {
                    window.location.reload();
                }
            })
            .catch(later);
    }

    later();
});
