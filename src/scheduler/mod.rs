//! Run queues, workers, mailboxes and settle.
