-- Raises the counter of entries to a number that it has given out before, for instance after a loss of data.
-- KEYS[1]  {q}:seq  STRING  counter
-- ARGV[1]  the number
-- Returns  1 raised | 0 it is there already
local sequence = KEYS[1]
local number = ARGV[1]

if (tonumber(redis.call('GET', sequence) or '0') or 0) >= tonumber(number) then
  return 0
end

redis.call('SET', sequence, number)
return 1
