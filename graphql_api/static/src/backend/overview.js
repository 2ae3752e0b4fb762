import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatInteger } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

// What is exposed, how it is used and what needs a look: see models/overview.py.
class Overview extends Component {
    static template = "graphql_api.Overview";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Overview");

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.display = { controlPanel: {} };
        this.periods = [
            ["day", _t("Last 24 Hours")],
            ["week", _t("Last 7 Days")],
        ];
        this.state = useState({ overview: {}, period: "day" });
        this.formatInteger = formatInteger;
        onWillStart(() => this.load());
    }

    async load() {
        this.state.overview = await this.orm.call("graphql_api.overview", "get_overview", []);
        this.state.period = "day";
    }

    async show(period) {
        const traffic = await this.orm.call("graphql_api.overview", "get_traffic", [period]);
        Object.assign(this.state, { period, overview: { ...this.state.overview, traffic } });
    }

    async follow(link) {
        if (link.method) {
            await this.orm.call("graphql_api.request", link.method, []);
            return this.load();
        }
        return this.action.doAction(link.action, { additionalContext: link.context });
    }

    async closeSteps() {
        await this.orm.call("graphql_api.overview", "close_steps", []);
        return this.load();
    }

    get note() {
        return _t(
            "These are the newest %s requests. The request log has more of them.",
            formatInteger(this.state.overview.traffic.most_rows)
        );
    }

    duration(row) {
        return row.requests ? _t("%s ms", formatInteger(Math.round(row.p95))) : "";
    }

    errors(row) {
        const share = row.requests ? (100 * row.errors) / row.requests : 0;
        return row.errors ? `${formatInteger(row.errors)} (${share.toFixed(1)}%)` : "0";
    }
}

registry.category("actions").add("graphql_api.overview", Overview);
