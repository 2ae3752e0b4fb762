// Who explores: the session of Odoo, or an API key that this tab keeps until it is closed.

window.ApiSession = (() => {
    const STORED = "graphql_api.key";
    // What a header can carry; a key that was copied by half may end with an ellipsis.
    const SENDABLE = /^[!-~]+$/;
    const [doorstep, form, page] = ["doorstep", "key-form", "page"].map(byId);
    const [input, keyStatus, progress] = ["key", "key-status", "progress"].map(byId);
    const [useKey, forgetKey, cancel] = ["use-key", "forget-key", "cancel-key"].map(byId);
    const hint = keyStatus.textContent;
    let hasSession = Boolean(document.body.dataset.session);
    let caller = null;
    let explore = null;

    function byId(id) {
        return document.getElementById(id);
    }

    // Return a text of the page, which Odoo has translated.
    function text(name, values = {}) {
        const pattern = document.querySelector(`[data-text="${name}"]`).textContent;
        return pattern.replace(/\{(\w+)\}/g, (_match, value) => values[value]);
    }

    function key() {
        return sessionStorage.getItem(STORED);
    }

    function authorization(value = key()) {
        return value ? { Authorization: `Bearer ${value}` } : {};
    }

    function keep(value) {
        if (value) {
            sessionStorage.setItem(STORED, value);
        } else {
            sessionStorage.removeItem(STORED);
        }
    }

    async function get(path, value = key()) {
        const headers = { Accept: "application/json", ...authorization(value) };
        let response, body;
        try {
            response = await fetch(path, { headers, credentials: "same-origin" });
            body = await response.json();
        } catch {
            // No network, or a proxy that responds in place of Odoo.
            throw new Error(text("unreachable"));
        }
        if (!response.ok) {
            throw Object.assign(new Error(body.message), { status: response.status });
        }
        return body;
    }

    function showProgress(message, state) {
        progress.hidden = !message;
        progress.textContent = message;
        progress.className = state || "";
    }

    function showKeyStatus(message, state) {
        keyStatus.textContent = message;
        keyStatus.className = state || "";
        form.querySelector("[type=submit]").disabled = state === "busy";
    }

    function askForKey(error) {
        showProgress("");
        showKeyStatus(error || hint, error && "error");
        byId("introduction").hidden = hasSession;
        byId("caller").textContent = "";
        useKey.hidden = forgetKey.hidden = true;
        cancel.hidden = !hasSession;
        doorstep.hidden = false;
        page.hidden = true;
    }

    function showCaller() {
        const { user, policy } = caller;
        const how = key() ? (policy ? "by-policy" : "by-key") : "by-session";
        byId("caller").textContent = text(how, { name: user ? user.name : text("nobody"), policy });
        useKey.hidden = Boolean(key());
        forgetKey.hidden = !key();
        doorstep.hidden = true;
        page.hidden = false;
    }

    // Find out whose key it is, or whose session; then let him explore.
    async function enter(value) {
        showKeyStatus(text("checking"), "busy");
        if (doorstep.hidden) {
            showProgress(text("checking"), "busy");
        }
        try {
            caller = (await get("/api/me", value)).data;
        } catch (error) {
            if ([401, 403].includes(error.status)) {
                if (value && value === key()) {
                    keep(null);
                } else if (!value) {
                    hasSession = false;
                }
            }
            askForKey(error.message);
            return;
        }
        keep(value);
        showKeyStatus(hint);
        showCaller();
        showProgress(text("loading"), "busy");
        try {
            await explore();
            showProgress("");
        } catch (error) {
            showProgress(error.message, "error");
        }
    }

    form.addEventListener("submit", (event) => {
        event.preventDefault();
        // People paste it as commands and headers have it, too.
        const value = input.value.trim().replace(/^(Authorization: *)?Bearer +/i, "");
        input.value = "";
        if (SENDABLE.test(value)) {
            enter(value);
        } else {
            showKeyStatus(text("malformed"), "error");
        }
    });
    useKey.addEventListener("click", () => {
        askForKey();
        input.focus();
    });
    cancel.addEventListener("click", () => {
        if (caller) {
            showCaller();
        } else {
            enter(null);
        }
    });
    forgetKey.addEventListener("click", () => {
        keep(null);
        location.reload();
    });

    // After the login one is back here, with the query of the address.
    const here = encodeURIComponent(location.pathname + location.search);
    byId("sign-in").href = `/web/login?redirect=${here}`;

    // Swagger UI is dark by this class; the rest follows the system by itself.
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const setTheme = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
    dark.addEventListener("change", setTheme);
    setTheme();

    return {
        authorization,
        get,
        keep,
        key,
        // Call `run` as soon as it is known who explores; again for another key.
        open(run) {
            explore = run;
            if (key() || hasSession) {
                doorstep.hidden = true;
                enter(key());
            }
        },
    };
})();
