//! Planning: states, permissions of time, stock that lies apart, and what a crash leaves.
