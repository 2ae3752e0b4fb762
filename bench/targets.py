"""What the addon has to reach: ratios of medians of the same run, and numbers of queries."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A ratio of our GraphQL's median to another one's that is not to be exceeded."""

    workload: str
    peer: str
    limit: float


TARGETS = (
    Target("one_record", "json2", 0.40),
    Target("list_80", "json2", 0.42),
    Target("list_1000", "json2", 0.27),
    Target("orders", "json2", 0.40),
    Target("list_1000", "stock", 0.15),
    Target("list_1000", "sql", 1.3),
    Target("orders", "sql", 2.0),
    Target("deep_page_by_name", "first_page", 1.3),
    Target("deep_page_by_id", "first_page", 1.3),
)


_TRACKED = 1.03
"""What a business transaction may take with a change log, of what it takes without."""


def check(results: dict) -> list[dict]:
    """Return for each target that the run measured what it is, what was found, and whether
    that reaches it.
    """
    titles = {**results["peers"], "first_page": "our GraphQL's first page"}
    checked = []
    for target in TARGETS:
        workload = results["workloads"].get(target.workload)
        if not workload or not {"graphql", target.peer} <= workload["peers"].keys():
            continue
        figures = workload["peers"]
        ratio = figures["graphql"]["median_ms"] / figures[target.peer]["median_ms"]
        checked.append(
            {
                "what": f"{workload['title']}: against {titles[target.peer]}",
                "limit": f"at most {target.limit}",
                "found": f"{ratio:.2f}",
                "reached": ratio <= target.limit,
            }
        )
    tracking = results.get("tracking", {})
    for name, title in (("order", "create an order"), ("confirm", "confirm it")):
        if name in tracking:
            ratio = tracking[name]["ratio"]
            checked.append(
                {
                    "what": f"Change log: {title}, against without",
                    "limit": "at most 1.03",
                    "found": f"{ratio:.2f}",
                    "reached": ratio <= _TRACKED,
                }
            )
    for sized in results["queries"].values():
        for peer in ("graphql", "rest", "graphql_policy"):
            counts = sized["peers"].get(peer)
            if counts:
                checked.append(
                    {
                        "what": f"{sized['title']}: SQL queries of {results['peers'][peer]} for "
                        f"{' and '.join(counts)} rows",
                        "limit": "equal",
                        "found": " and ".join(map(str, counts.values())),
                        "reached": len(set(counts.values())) == 1,
                    }
                )
    return checked
