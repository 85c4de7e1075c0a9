/* The desk: keys, decisions without a new page, focus and announcements, unsaved text that is never lost. */
document.addEventListener("DOMContentLoaded", function () {
    "use strict";
    var RENEW = 120 * 1000;
    var main = document.getElementById("desk-main");
    var drafts = window.deskDrafts;
    var editor = window.deskEditor;
    var busy = false;
    var original = "";
    var previewTimer = null;
    var draftTimer = null;
    var stored = true;

    if (!main) {
        return;
    }

    function byId(id) {
        return document.getElementById(id);
    }

    function record() {
        return byId("desk-record");
    }

    function said(sentence) {
        byId("desk-alert").textContent = "";
        byId("desk-said").textContent = sentence;
    }

    function alarm(sentence) {
        byId("desk-said").textContent = "";
        byId("desk-alert").textContent = sentence;
    }

    function dirty() {
        return Boolean(byId("text")) && editor.text() !== original;
    }

    function token() {
        var found = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
        var field = main.querySelector("[name=csrfmiddlewaretoken]");
        return found ? found[1] : field ? field.value : "";
    }

    /* Whoever signed in again in another tab has a new token: the forms of this page still hold the old one. */
    function renewTokens() {
        var present = token();
        main.querySelectorAll("[name=csrfmiddlewaretoken]").forEach(function (field) {
            field.value = present;
        });
    }

    /* Unsaved text */

    function keep() {
        window.clearTimeout(draftTimer);
        draftTimer = null;
        if (!byId("text") || !record().dataset.draft) {
            return;
        }
        if (dirty()) {
            stored = drafts.write(record().dataset.draft, byId("desk-form").elements.base.value, editor.text());
        } else {
            drafts.drop(record().dataset.draft);
        }
    }

    function typed() {
        window.clearTimeout(draftTimer);
        draftTimer = window.setTimeout(keep, 250);
        window.clearTimeout(previewTimer);
        previewTimer = window.setTimeout(showPreview, 700);
    }

    function showPreview() {
        var button = byId("preview-button");
        if (button && byId("desk-form")) {
            byId("desk-form").requestSubmit(button);
        }
    }

    function note(sentence, word, press) {
        var place = byId("draft-note");
        var button = document.createElement("button");
        button.type = "button";
        button.className = "bs-button";
        button.textContent = word;
        button.addEventListener("click", function () {
            place.hidden = true;
            press();
        });
        place.replaceChildren(document.createTextNode(sentence + " "), button);
        place.hidden = false;
    }

    function bringBack() {
        var key = record().dataset.draft;
        var kept = drafts.read(key);
        var base = byId("desk-form").elements.base;
        var before = original;
        if (!kept || byId("text").readOnly || kept.text === editor.text()) {
            return;
        }
        var time = new Date(kept.at).toLocaleString();
        if (kept.base === base.value) {
            editor.fill(kept.text);
            showPreview();
            note("This is your unsaved text of " + time + ".", "Throw it away", function () {
                drafts.drop(key);
                editor.fill(before);
            });
            return;
        }
        note("You have an unsaved text of " + time + ", written on an older revision.", "Put it in the editor", function () {
            base.value = kept.base;
            editor.fill(kept.text);
        });
    }

    /* Arriving at a record */

    function arrive() {
        window.clearTimeout(previewTimer);
        editor.mount(typed);
        original = editor.text();
        var wide = byId("desk-paneswitch");
        if (wide) {
            wide.hidden = false;
        }
        if (byId("text")) {
            bringBack();
            editor.mark(Array.prototype.map.call(main.querySelectorAll("#desk-text [data-line]"), function (link) {
                return Number(link.dataset.line);
            }));
        }
    }

    function swap(answer, push) {
        main.innerHTML = answer.html;
        if (answer.title) {
            document.title = answer.title;
        }
        if (push && answer.url && answer.url !== window.location.pathname + window.location.search) {
            window.history.pushState({}, "", answer.url);
        }
        arrive();
    }

    function whereabouts() {
        var heading = byId("desk-heading");
        var position = main.querySelector(".desk-position");
        return (heading ? heading.textContent.trim() : "") + (position ? ", " + position.textContent.replace(/\s+/g, " ").trim() : "") + ".";
    }

    function focusHeading() {
        var heading = byId("desk-heading");
        if (heading) {
            heading.focus({ preventScroll: true });
            byId("desk").scrollIntoView({ block: "start" });
        }
    }

    /* Talking to the server */

    function signedOut() {
        keep();
        alarm("You are signed out, or this page is too old. Your text is kept in this browser: sign in again in another tab, then press the button once more.");
    }

    function answered(answer) {
        var type = answer.headers.get("Content-Type") || "";
        if (answer.type === "opaqueredirect" || answer.status === 401 || (answer.status === 403 && type.indexOf("json") === -1)) {
            signedOut();
            return null;
        }
        if (type.indexOf("json") === -1) {
            throw new Error("status " + answer.status);
        }
        return answer.json().then(function (body) {
            body.status = answer.status;
            return body;
        });
    }

    function ask(url, options) {
        if (busy) {
            return Promise.resolve(null);
        }
        busy = true;
        main.classList.add("desk-busy");
        main.setAttribute("aria-busy", "true");
        options.headers = Object.assign({ "X-Desk": "1" }, options.headers);
        options.credentials = "same-origin";
        options.redirect = "manual";
        return fetch(url, options).then(answered).catch(function () {
            keep();
            alarm("The server gave no good answer. Your text is kept in this browser; please try again.");
            return null;
        }).finally(function () {
            busy = false;
            main.classList.remove("desk-busy");
            main.removeAttribute("aria-busy");
        });
    }

    function go(url, push) {
        keep();
        var left = dirty() ? "Your unsaved text is kept in this browser. " : "";
        return ask(url, { method: "GET" }).then(function (answer) {
            if (!answer || !answer.html) {
                return;
            }
            swap(answer, push);
            focusHeading();
            said(left + (answer.said ? answer.said + " " : "") + whereabouts());
        });
    }

    function refused(answer) {
        alarm(answer.said || "That was refused.");
        if (answer.place) {
            markTab("text");
            showPane("editor");
            if (editor.refuse(answer.place, answer.said)) {
                return;
            }
        }
        var opened = main.querySelector(".desk-bar details[open] input");
        if (opened) {
            opened.focus();
        }
    }

    function post(form, button) {
        keep();
        var data = new FormData(form);
        var deed = button && button.name === "deed" ? button.value : "";
        var key = record().dataset.draft;
        var place = editor.place();
        var sends = form.id === "desk-form" || form.id === "conflict-form";
        if (button && button.name) {
            data.append(button.name, button.value);
        }
        if (form.id === "desk-form" && !dirty()) {
            data.delete("text");
        }
        var body = new URLSearchParams(data);
        return ask(form.action, { method: "POST", body: body, headers: { "X-CSRFToken": token() } }).then(function (answer) {
            if (!answer) {
                return;
            }
            if (!answer.html) {
                refused(answer);
                return;
            }
            if (sends && answer.status === 200 && deed !== "publish" && deed !== "unpublish" && deed !== "again") {
                drafts.drop(key);
            }
            var stays = deed === "save" && answer.status === 200 && form.id === "desk-form";
            swap(answer, true);
            if (answer.status !== 200) {
                alarm(answer.said);
                focusHeading();
                return;
            }
            said(answer.said + (stays ? "" : " " + whereabouts()));
            if (stays && place && place.inside) {
                editor.putBack(place);
            } else {
                focusHeading();
            }
        });
    }

    /* Tabs and panes */

    function currentTab() {
        var link = main.querySelector("#desk-tabs [aria-current]");
        return link ? link.dataset.tab : "text";
    }

    function markTab(name) {
        main.querySelectorAll("#desk-tabs a").forEach(function (link) {
            if (link.dataset.tab === name) {
                link.setAttribute("aria-current", "page");
            } else {
                link.removeAttribute("aria-current");
            }
        });
        byId("desk-text").hidden = name !== "text";
        byId("desk-tab").hidden = name === "text";
    }

    function openTab(link) {
        var name = link.dataset.tab;
        if (name === "text") {
            markTab("text");
            editor.refresh();
            said("Text.");
            return Promise.resolve();
        }
        return ask(link.href, { method: "GET" }).then(function (answer) {
            if (!answer || !answer.html) {
                return;
            }
            var piece = document.createElement("template");
            piece.innerHTML = answer.html;
            var panel = piece.content.querySelector("#desk-tab");
            if (panel && byId("desk-tab")) {
                byId("desk-tab").replaceChildren.apply(byId("desk-tab"), Array.prototype.slice.call(panel.childNodes));
                markTab(name);
                said(link.firstChild.textContent.trim() + ".");
            }
        });
    }

    function showPane(name) {
        var panes = main.querySelector(".desk-panes");
        if (panes) {
            panes.dataset.shown = name;
            main.querySelectorAll("#desk-paneswitch [data-pane]").forEach(function (button) {
                button.setAttribute("aria-pressed", String(button.dataset.pane === name));
            });
            editor.refresh();
        }
    }

    function edit(line) {
        if (!byId("text")) {
            return;
        }
        markTab("text");
        showPane("editor");
        if (line) {
            editor.jump(line);
        } else {
            editor.focus();
        }
    }

    function closePopups(but) {
        main.querySelectorAll("details.bs-popup[open]").forEach(function (popup) {
            if (popup !== but) {
                popup.open = false;
            }
        });
    }

    function openPopup(summary) {
        var popup = summary.parentElement;
        popup.open = !popup.open;
        closePopups(popup);
        var field = popup.open ? popup.querySelector("input:not([type=hidden]), select, a") : summary;
        (field || summary).focus();
    }

    /* Events */

    main.addEventListener("submit", function (event) {
        var button = event.submitter;
        renewTokens();
        if (button && button.id === "preview-button") {
            window.clearTimeout(previewTimer);
            return;
        }
        if (event.target.method === "get") {
            keep();
            return;
        }
        event.preventDefault();
        if (event.target.checkValidity && !event.target.noValidate && !event.target.reportValidity()) {
            return;
        }
        post(event.target, button);
    });

    main.addEventListener("click", function (event) {
        var link = event.target.closest("a, button");
        if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) {
            return;
        }
        if (link.dataset.pane) {
            showPane(link.dataset.pane);
        } else if (link.id === "edit-button") {
            event.preventDefault();
            edit(0);
        } else if (link.dataset.line) {
            event.preventDefault();
            edit(Number(link.dataset.line));
        } else if (link.hasAttribute("data-go")) {
            event.preventDefault();
            go(link.href, true);
        } else if (link.dataset.tab) {
            event.preventDefault();
            openTab(main.querySelector('#desk-tabs [data-tab="' + link.dataset.tab + '"]'));
        } else if (link.hasAttribute("data-discard")) {
            drafts.drop(record().dataset.draft);
        }
    });

    /* The buttons within a form belong to what is typed: a letter there decides nothing. */
    function typing(target) {
        return target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName) || Boolean(target.closest && target.closest(".form-editor"));
    }

    function press(shown) {
        var target = main.querySelector('[data-key="' + shown + '"]');
        if (!target) {
            return false;
        }
        if (target.tagName === "SUMMARY") {
            openPopup(target);
        } else if (target.dataset.tab && currentTab() === target.dataset.tab) {
            openTab(main.querySelector('#desk-tabs [data-tab="text"]'));
        } else {
            target.click();
        }
        return true;
    }

    function escape(event) {
        var popup = main.querySelector("details.bs-popup[open]");
        if (popup) {
            popup.open = false;
            popup.querySelector("summary").focus();
        } else if (typing(event.target)) {
            /* The editor must not see the key: it would take the focus back. */
            event.preventDefault();
            event.stopPropagation();
            editor.leave();
            focusHeading();
        }
    }

    document.addEventListener("keydown", function (event) {
        if (event.isComposing || event.repeat || event.altKey) {
            return;
        }
        if (event.key === "Escape") {
            escape(event);
            return;
        }
        if (event.ctrlKey || event.metaKey) {
            var chord = event.key.toLowerCase() === "s" ? "Ctrl+S" : event.key === "Enter" ? "Ctrl+Enter" : "";
            if (chord && !event.shiftKey && press(chord)) {
                event.preventDefault();
                event.stopPropagation();
            }
            return;
        }
        var popup = event.target.closest && event.target.closest(".desk-bar .bs-popup-body");
        if (event.key === "Enter" && popup && event.target.tagName === "INPUT") {
            event.preventDefault();
            popup.querySelector("button").click();
            return;
        }
        if (!typing(event.target) && event.key.length === 1 && press(event.key)) {
            event.preventDefault();
        }
    }, true);

    window.addEventListener("popstate", function () {
        go(window.location.href, false);
    });
    window.addEventListener("pagehide", function () {
        var url = record() ? record().dataset.claim : "";
        keep();
        if (url && navigator.sendBeacon) {
            var left = new FormData();
            left.append("csrfmiddlewaretoken", token());
            left.append("leave", "1");
            navigator.sendBeacon(url, left);
        }
    });
    window.addEventListener("beforeunload", function (event) {
        keep();
        if (dirty() && !stored) {
            event.preventDefault();
        }
    });

    /* Soft claims: renewed while somebody looks at the page. */

    function renewed(answer) {
        if (answer.others !== undefined && byId("desk-others")) {
            byId("desk-others").textContent = answer.others;
        }
        if (answer.status === 410) {
            alarm(answer.said);
        } else if (answer.revision && String(answer.revision) !== record().dataset.base) {
            alarm("The text has changed since you opened it. Nothing you typed is lost: save, and both texts are shown.");
        }
    }

    function renew() {
        var url = record() ? record().dataset.claim : "";
        if (!url || document.hidden) {
            return;
        }
        fetch(url, { method: "POST", credentials: "same-origin", redirect: "manual", headers: { "X-Desk": "1", "X-CSRFToken": token() } })
            .then(answered)
            .then(function (answer) {
                if (answer && record() && record().dataset.claim === url) {
                    renewed(answer);
                }
            })
            .catch(function () {
                return null;
            });
    }

    window.setInterval(renew, RENEW);
    document.addEventListener("visibilitychange", renew);
    /* A reload lets go of the record and takes it again: whichever comes last, this is the end of it. */
    window.setTimeout(renew, 3000);
    drafts.tidy();
    arrive();
});
