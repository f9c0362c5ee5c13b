"""The processing fee as the fee notice (L-12) prints it."""

from engine.statute.fees import FeeResult


def fee_sources(quantity: int, result: FeeResult) -> dict[str, object]:
    """The `fee.*` values of a letter: quantity charged (items or pages), a row for each bracket, total in yuan."""
    return {
        "fee.quantity": quantity,
        "fee.total": result.total,
        "fee.lines": [
            {
                "range": f"{line.first}以上" if line.last is None else f"{line.first}至{line.last}",
                "rate": line.rate,
                "count": line.count,
                "amount": line.amount,
            }
            for line in result.lines
        ],
    }
