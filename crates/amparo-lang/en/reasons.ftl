# reasons
reason-database-too-much-work = Reading this database took far more work than a file of its size should need. What was read until then is kept.
