-- Makes jobs due later, but for those whose task id was enqueued lately. All or none: a full Redis refuses the first write.
-- KEYS[1]  {q}:delayed         ZSET    {seq}|{envelope} -> due, ms
-- KEYS[2]  {q}:seq             STRING  counter
-- KEYS[3…] {q}:once:id:{id}    STRING  this id was enqueued; one for each envelope, in their order
-- ARGV[1]  lifetime of the once-keys, seconds
-- ARGV[2]  delay, ms
-- ARGV[3]  channel that wakes waiting workers
-- ARGV[4…] envelopes
-- Returns  {number of each envelope that was enqueued before and is passed over, the first being 1}
-- include now_ms.lua
-- include wrong_type.lua
local delayed, sequence = KEYS[1], KEYS[2]
local ttl, delay, channel = ARGV[1], tonumber(ARGV[2]), ARGV[3]

local wrong = wrong_type(delayed, 'zset', sequence, 'number')
if wrong then
  return wrong
end
local first = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')[2]
local due = now_ms() + delay
local before = {}
for i = 3, #KEYS do
  local once = KEYS[i]
  if redis.call('SET', once, '1', 'NX', 'EX', ttl) then
    redis.call('ZADD', delayed, due, redis.call('INCR', sequence) .. '|' .. ARGV[i + 1])
  else
    before[#before + 1] = i - 2
  end
end

if #before < #KEYS - 2 and (not first or due < tonumber(first)) then
  redis.call('PUBLISH', channel, delay)
end
return before
