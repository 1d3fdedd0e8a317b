"""What the leadership looks at: the first screen of the dashboard, ranking and trend, the meeting room's wall."""
