-- Part of fetch: moves the oldest ready envelopes to a processing list and appends them to the reply.
-- Goes on when Redis is full: its first write, an RPOP, needs no memory.
-- Returns  bytes taken; 0: nothing is ready
local function take_ready(ready, processing, number, largest, reply, too_large)
  local envelopes = redis.call('RPOP', ready, number) or {}
  if type(envelopes) == 'string' then -- Garnet's answer when it pops one; Redis' is a table of one
    envelopes = { envelopes }
  end
  local kept, bytes = {}, 0
  for i = 1, #envelopes do
    local envelope = envelopes[i]
    bytes = bytes + #envelope + 1 -- an empty one is one, too
    if #envelope <= largest or not too_large(envelope) then
      kept[#kept + 1] = envelope
      reply[#reply + 1] = envelope
    end
  end
  if #kept > 0 then
    redis.call('LPUSH', processing, unpack(kept))
  end
  return bytes
end
