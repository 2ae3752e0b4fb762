"""Time off and hours, over HTTP: employees ask and write down, their managers answer."""

from odoo.tests import new_test_user

from ..cases.api import ApiCase


class TestPeopleAtWork(ApiCase):
    login = "worker"
    database = "people"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        worker = new_test_user(
            cls.env, "worker", groups="base.group_user,hr_timesheet.group_hr_timesheet_user"
        )
        manager = new_test_user(
            cls.env, "manager", groups="base.group_user,hr_holidays.group_hr_holidays_user"
        )
        new_test_user(cls.env, "nobody", groups="base.group_user")  # who is no employee
        cls.worker, cls.colleague = cls.env["hr.employee"].create(
            [
                {"name": "Zworker", "user_id": worker.id, "leave_manager_id": manager.id},
                {"name": "Zcolleague"},
            ]
        )
        cls.type = cls.env["hr.leave.type"].create(
            {
                "name": "Zunpaid",
                "requires_allocation": False,
                "leave_validation_type": "manager",
                "request_unit": "day",
            }
        )
        cls.days = {
            "type": cls.type.id,
            "request_date_from": "2026-03-02",
            "request_date_to": "2026-03-03",
        }

    def send(self, method, path, body=None, **kwargs):
        return self.rest(path, method=method, json=body, **kwargs)["data"]

    def test_request(self):
        """It is the caller's own; Odoo counts the days."""
        path = "/api/time-off-requests?fields=id,state,number_of_days,user.id"
        row = self.send("POST", path, self.days, status=201)
        expected = {
            "state": "confirm",
            "number_of_days": 2.0,
            "user": {"id": self.user("worker").id},
        }
        self.assertEqual({name: row[name] for name in expected}, expected)
        self.assertEqual(self.env["hr.leave"].browse(row["id"]).employee_id, self.worker)
        days = self.send("GET", "/api/time-off-requests?fields=id")
        self.assertEqual(days, [{"id": row["id"]}])
        # Who asks does not approve.
        approve = f"/api/time-off-requests/{row['id']}/approve"
        self.rest(approve, method="POST", json={}, status=422)
        done = self.send("POST", f"{approve}?fields=state", {}, login="manager")
        self.assertEqual(done, {"state": "validate"})

    def test_request_by_graphql(self):
        mutation = (
            "mutation ($input: TimeOffRequestCreateInput!) {"
            " createTimeOffRequest(input: $input) { id state } }"
        )
        names = {"type": "type", "request_date_from": "requestDateFrom"}
        names["request_date_to"] = "requestDateTo"
        value = {names[name]: value for name, value in self.days.items()}
        data = self.graphql(mutation, {"input": {**value, "type": str(self.type.id)}})
        self.assertEqual(data["createTimeOffRequest"]["state"], "confirm")
        refuse = "mutation ($id: ID!) { refuseTimeOffRequest(id: $id) { state } }"
        variables = {"id": data["createTimeOffRequest"]["id"]}
        self.graphql(refuse, variables, errors=[("VALIDATION_FAILED", ["refuseTimeOffRequest"])])
        data = self.graphql(refuse, variables, login="manager")
        self.assertEqual(data, {"refuseTimeOffRequest": {"state": "refuse"}})

    def test_refused_requests(self):
        """Overlapping days, days that end before they begin, a caller who is no employee."""
        path = "/api/time-off-requests"
        self.send("POST", path, self.days, status=201)
        self.rest(path, method="POST", json=self.days, status=422)
        backwards = {**self.days, "request_date_to": "2026-02-01"}
        self.rest(path, method="POST", json=backwards, status=422)
        self.rest(path, method="POST", json={**self.days, "employee": 1}, status=400)
        later = {**self.days, "request_date_from": "2026-04-01", "request_date_to": "2026-04-01"}
        self.rest(path, method="POST", json=later, status=422, login="nobody")

    def test_hours(self):
        project = self.env["project.project"].create({"name": "Zproject", "allow_timesheets": True})
        task = self.env["project.task"].create({"name": "Ztask", "project_id": project.id})
        body = {"task": task.id, "project": project.id, "name": "Hinges", "hours": 1.5}
        path = "/api/timesheets?fields=id,hours,user.name"
        row = self.send("POST", path, body, status=201)
        self.assertEqual((row["hours"], row["user"]["name"]), (1.5, self.user("worker").name))
        line = self.env["account.analytic.line"].browse(row["id"])
        self.assertEqual((line.employee_id, line.task_id), (self.worker, task))
        self.assertEqual(task.effective_hours, 1.5)
        self.rest("/api/timesheets", method="POST", json=body, status=403, login="nobody")
