"""What is measured: each workload is one thing to read, asked of every peer that can."""

from dataclasses import dataclass, field

from bench.reading import (
    CUSTOMER,
    DEPTHS,
    FOUR_FIELDS,
    ORDER,
    ORDER_SCREEN,
    TEN_FIELDS,
    Place,
    Read,
)

COUNTRY = "BE"
ALIASES = 10


@dataclass(frozen=True)
class Workload:
    """A thing to read, and what it is called.

    ``first_page`` is measured beside it, with our GraphQL alone, where that is the comparison
    to make.
    """

    name: str
    title: str
    read: Read
    first_page: Read | None = None


@dataclass(frozen=True)
class Places:
    """Records of the database that workloads need."""

    customer_id: int
    by_name: Place
    by_id: Place
    order_ids: list[int] = field(default_factory=list)


def workloads(places: Places) -> list[Workload]:
    """Return the workloads of latency."""
    row = f"{places.by_name.offset + 1:,}"
    ten_by_name = Read(CUSTOMER, TEN_FIELDS, order="name")
    ten_by_id = Read(CUSTOMER, TEN_FIELDS)
    return [
        Workload(
            "one_record",
            "One customer by id, 4 fields",
            Read(CUSTOMER, FOUR_FIELDS, record_id=places.customer_id),
        ),
        Workload("list_80", "80 customers, 10 fields", Read(CUSTOMER, TEN_FIELDS)),
        Workload("list_1000", "1000 customers, 10 fields", Read(CUSTOMER, TEN_FIELDS, first=1000)),
        Workload(
            "orders",
            "80 sale orders with customer, lines and products",
            Read(ORDER, ORDER_SCREEN),
        ),
        Workload(
            "deep_page_by_name",
            f"80 customers from row {row} on, by name",
            Read(CUSTOMER, TEN_FIELDS, order="name", after=places.by_name),
            ten_by_name,
        ),
        Workload(
            "deep_page_by_id",
            f"80 customers from row {row} on, the newest first",
            Read(CUSTOMER, TEN_FIELDS, after=places.by_id),
            ten_by_id,
        ),
        Workload(
            "filtered",
            "80 sale orders by the country of their customer, 5 fields",
            Read(ORDER, DEPTHS[1], country=COUNTRY),
        ),
        Workload(
            "aliases",
            f"The same 80 customers {ALIASES} times, 10 fields",
            Read(CUSTOMER, TEN_FIELDS, times=ALIASES),
        ),
        Workload("total", "The number of customers", Read(CUSTOMER, {}, total=True)),
    ]


def names() -> list[str]:
    """Return the names of the workloads of latency."""
    nowhere = Place(0, "", 0, "")
    return [workload.name for workload in workloads(Places(0, nowhere, nowhere))]


def sized_reads(places: Places) -> dict[str, tuple[str, dict[int, Read]]]:
    """Return what has to take as many SQL queries for 1000 rows as for 10.

    :return: name -> title, number of rows -> read
    """
    sizes = (10, 1000)
    templates = {
        "list": ("Customers, 10 fields", {"model": CUSTOMER, "selection": TEN_FIELDS}),
        "orders": (
            "Sale orders with customer, lines and products",
            {"model": ORDER, "selection": ORDER_SCREEN},
        ),
        "deep_page": (
            "A deep page of customers, by name",
            {
                "model": CUSTOMER,
                "selection": TEN_FIELDS,
                "order": "name",
                "after": places.by_name,
            },
        ),
        "filtered": (
            "Sale orders by the country of their customer",
            {"model": ORDER, "selection": DEPTHS[1], "country": COUNTRY},
        ),
        "aliases": (
            f"The same customers {ALIASES} times",
            {"model": CUSTOMER, "selection": TEN_FIELDS, "times": ALIASES},
        ),
    }
    return {
        name: (title, {size: Read(first=size, **parameters) for size in sizes})
        for name, (title, parameters) in templates.items()
    }


def scaling_reads() -> dict[str, tuple[str, dict[int, Read]]]:
    """Return the reads whose cost is drawn.

    :return: name -> title, point on the axis -> read
    """
    return {
        "rows": (
            "Customers with 10 fields, by number of rows",
            {rows: Read(CUSTOMER, TEN_FIELDS, first=rows) for rows in (10, 100, 1000)},
        ),
        "depth": (
            "80 sale orders, by depth: orders, lines, products, categories",
            {depth: Read(ORDER, selection) for depth, selection in DEPTHS.items()},
        ),
    }
