"""What people certify: the decisions they take about accounts and findings, with what they need to know for it."""
