-- Part of fetch: makes envelopes that are due ready, ahead of all others, those that were due first to be taken first.
-- Goes on when Redis is full: its first write, a ZREM, needs no memory.
-- Returns  nothing
local function move_due(delayed, ready, now, most)
  local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, most)
  if #due == 0 then
    return
  end
  redis.call('ZREM', delayed, unpack(due))
  local envelopes = {}
  for i = #due, 1, -1 do -- the earliest is pushed last
    envelopes[#envelopes + 1] = string.sub(due[i], (string.find(due[i], '|', 1, true) or 0) + 1)
  end
  redis.call('RPUSH', ready, unpack(envelopes))
end
