-- 0017_place: who waits for a message, by where in which version.
--
-- The first of each place is found, and the oldest in one, without looking at the
-- rest, however many wait for the name.

CREATE INDEX wr_subscription_place
    ON wr_subscription (tenant, name, definition, element, id);
