import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";
import { listView } from "@web/views/list/list_view";

// What archiving policies does, before it is done. Records tell how many keys a policy has.
function warning(records) {
    const keys = records.reduce((sum, record) => sum + record.data.key_count, 0);
    return keys
        ? _t("Keys that stop working at once: %s. Restore the policy to accept them again.", keys)
        : _t("It has no keys, so none stop working.");
}

class PolicyFormController extends formView.Controller {
    get archiveDialogProps() {
        return { ...super.archiveDialogProps, body: warning([this.model.root]) };
    }
}

class PolicyListController extends listView.Controller {
    get archiveDialogProps() {
        const { isDomainSelected, selection } = this.model.root;
        const body = isDomainSelected
            ? _t("All keys of these policies stop working at once.")
            : warning(selection);
        return { ...super.archiveDialogProps, body };
    }
}

registry
    .category("views")
    .add("graphql_api_policy_form", { ...formView, Controller: PolicyFormController })
    .add("graphql_api_policy_list", { ...listView, Controller: PolicyListController });
