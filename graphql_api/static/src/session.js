// Who explores: the session of Odoo, or an API key that this tab keeps until it is closed.

window.ApiSession = (() => {
    const STORED = "graphql_api.key";
    const bar = document.getElementById("bar");
    let explore = null;
    let links = [];

    function key() {
        return sessionStorage.getItem(STORED);
    }

    function authorization() {
        return key() ? { Authorization: `Bearer ${key()}` } : {};
    }

    function keep(value) {
        if (value) {
            sessionStorage.setItem(STORED, value);
        } else {
            sessionStorage.removeItem(STORED);
        }
    }

    async function get(path) {
        const headers = { Accept: "application/json", ...authorization() };
        const response = await fetch(path, { headers, credentials: "same-origin" });
        const body = await response.json();
        if (!response.ok) {
            throw Object.assign(new Error(body.message), { status: response.status });
        }
        return body;
    }

    function element(tag, properties, ...children) {
        const result = Object.assign(document.createElement(tag), properties);
        result.append(...children);
        return result;
    }

    function navigation() {
        const anchors = links.map(([text, href]) => element("a", { href }, text));
        return element("nav", {}, ...anchors);
    }

    function askForKey(message) {
        const input = element("input", {
            id: "key",
            type: "password",
            autocomplete: "off",
            spellcheck: false,
            required: true,
        });
        const form = element(
            "form",
            {},
            element("label", { htmlFor: "key" }, "API key"),
            input,
            element("button", { type: "submit" }, "Use this key"),
            element("p", { role: "status" }, message)
        );
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            keep(input.value.trim());
            start();
        });
        bar.replaceChildren(element("strong", {}, "Odoo API"), form, navigation());
        input.focus();
    }

    function showCaller(me) {
        const name = me.user ? me.user.name : "you";
        const how = key() ? "with the API key of this tab" : "with your session of Odoo";
        const leave = element("button", { type: "button" }, key() ? "Forget the key" : "Use a key");
        leave.addEventListener("click", () => {
            if (key()) {
                keep(null);
                location.reload();
            } else {
                askForKey("");
            }
        });
        bar.replaceChildren(
            element("strong", {}, "Odoo API"),
            element("span", {}, `${name}, ${how}`),
            leave,
            navigation()
        );
    }

    async function start() {
        if (!key() && !document.body.dataset.session) {
            askForKey("It stays in this tab and is gone when you close it.");
            return;
        }
        try {
            const { data } = await get("/api/me");
            showCaller(data);
        } catch (error) {
            keep(null);
            delete document.body.dataset.session;
            askForKey(error.message);
            return;
        }
        await explore();
    }

    return {
        authorization,
        element,
        get,
        keep,
        key,
        // Call `run` as soon as it is known who explores; again for another key.
        open(run, otherPages) {
            explore = run;
            links = otherPages;
            start();
        },
    };
})();
