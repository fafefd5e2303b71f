"""The bus: records, partitions, and Kafka behind them."""
