/* The plan of a run: says how far the count of every prompt is, while it goes on and the page is looked at. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var box = document.getElementById("plan-counting");
    var said = document.getElementById("plan-counting-words");

    if (!box) {
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
        fetch(box.dataset.url, { credentials: "same-origin", redirect: "error" })
            .then(function (answer) {
                if (!answer.ok) {
                    throw new Error("status " + answer.status);
                }
                return answer.json();
            })
            .then(function (counts) {
                box.querySelector("progress").value = counts.done;
                if (said.textContent !== counts.words) {
                    said.textContent = counts.words;
                }
                if (counts.open) {
                    later();
                }
            })
            .catch(later);
    }

    later();
});
