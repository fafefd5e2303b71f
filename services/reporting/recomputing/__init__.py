"""Figures proven: folded once more from what Kafka still holds, and compared with what is stored."""
