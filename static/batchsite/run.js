/* The page of a run: fetches what has changed while the run goes on and the page is looked at; stops at its end. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var SECONDS = 3;
    var box = document.getElementById("run-progress");

    if (!box || box.dataset.live !== "1") {
        return;
    }

    function later() {
        window.setTimeout(look, SECONDS * 1000);
    }

    function show(html) {
        if (!box.contains(document.activeElement)) {
            box.innerHTML = html;
        }
        var now = box.firstElementChild;
        if (html.indexOf('data-live="0"') !== -1 || !now || now.dataset.live !== "1") {
            /* The buttons above depend on the state: at the end the whole page is fetched once. */
            window.location.reload();
            return;
        }
        later();
    }

    function look() {
        if (document.hidden) {
            later();
            return;
        }
        fetch(box.dataset.url, { credentials: "same-origin", redirect: "error" })
            .then(function (answer) {
                if (!answer.ok) {
                    throw new Error("status " + answer.status);
                }
                return answer.text();
            })
            .then(show)
            .catch(later);
    }

    later();
});
