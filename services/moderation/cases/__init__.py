"""Cases: what people decide. Each change of a case is a pure function of the case and of what it is told."""
