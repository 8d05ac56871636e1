-- Part of fetch: makes the envelopes that are due ready. They come before those that are ready already, and the one that
-- was due first is taken first. An envelope that was moved often enough goes where it waits to run alone.
-- lane: isolated LIST, suspects HASH, delayed ZSET.
-- Goes on when Redis is full: its first write, a ZREM, needs no memory.
-- Returns  nothing
-- include moves_of.lua
-- include wrong_type.lua
local function move_due(lane, ready, now, most, alone_from)
  local due = redis.call('ZRANGEBYSCORE', lane.delayed, '-inf', now, 'LIMIT', 0, most)
  if #due == 0 then
    return
  end
  redis.call('ZREM', lane.delayed, unpack(due))
  local suspected = redis.call('EXISTS', lane.suspects) == 1 and not wrong_type(lane.suspects, 'hash', lane.isolated, 'list')
  local envelopes, alone = {}, {}
  for i = #due, 1, -1 do -- the earliest is pushed last
    local envelope = string.sub(due[i], (string.find(due[i], '|', 1, true) or 0) + 1)
    if suspected and moves_of(lane.suspects, redis.sha1hex(envelope), alone_from) >= alone_from then
      table.insert(alone, 1, envelope) -- the earliest is pushed first: it is taken from the other end
    else
      envelopes[#envelopes + 1] = envelope
    end
  end
  if #envelopes > 0 then
    redis.call('RPUSH', ready, unpack(envelopes))
  end
  if #alone > 0 then
    redis.call('LPUSH', lane.isolated, unpack(alone))
  end
end
