"""What all tests share: the parts, the network rules, the gate for real data."""

pytest_plugins = ["tests.network", "tests.parts", "tests.real_data_gate"]
