/* The plan of a run: says how far the count of every prompt is while it goes on. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var box = document.getElementById("plan-counting");
    var said = document.getElementById("plan-counting-words");

    function show(text) {
        var counts = JSON.parse(text);
        box.querySelector("progress").value = counts.done;
        if (said.textContent !== counts.words) {
            said.textContent = counts.words;
        }
        return counts.open;
    }

    if (box) {
        window.batchsite.watch({ url: box.dataset.url, seconds: 1.5, show: show });
    }
});
