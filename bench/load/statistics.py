"""Statistics."""

from collections.abc import Sequence


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values lies.

    :param ordered: at least one value, the smallest first
    """
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Return by how much y grows when x grows by one, by the method of least squares.

    0 where there are fewer than two points.
    """
    if len(points) < 2:
        return 0.0
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    if not spread:
        return 0.0
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
