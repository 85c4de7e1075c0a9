/* The page of one record, or of a conflict: its editor, preview of what is typed, a warning before text is left unsaved. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var form = document.querySelector("#artefact-form, #conflict-form");
    var previewButton = document.getElementById("preview-button");
    var dirty = false;
    var timer = null;

    if (!form) {
        return;
    }

    function showPreview() {
        form.requestSubmit(previewButton);
    }

    function typed() {
        dirty = true;
        window.clearTimeout(timer);
        timer = previewButton ? window.setTimeout(showPreview, 700) : null;
    }

    window.deskEditor.mount(typed);
    form.addEventListener("submit", function (event) {
        if (event.submitter !== previewButton || !previewButton) {
            dirty = false;
            window.clearTimeout(timer);
        }
    });
    window.addEventListener("beforeunload", function (event) {
        if (dirty) {
            event.preventDefault();
        }
    });
});
