"""How often themes come, by month and by place."""

from newsclf.summary.table import Summary, summarise

__all__ = ["Summary", "summarise"]
