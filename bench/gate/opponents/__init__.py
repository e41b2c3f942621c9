"""What the gate is measured against: the same scan made durable by what one would take otherwise."""
