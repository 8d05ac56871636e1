-- Part of hand_over_list and hand_over_set: what a living worker may take, or is at work on, is nobody else's to hand over.
-- Returns  what the caller answers then: -1 and the names of workers whose lease has not run out, by Redis' clock, a hundred at most; nil: none
local function living_workers(workers, lease)
  local alive = redis.call('ZRANGEBYSCORE', workers, now_ms() - lease + 1, '+inf', 'LIMIT', 0, 100)
  return #alive > 0 and { -1, unpack(alive) } or nil
end
