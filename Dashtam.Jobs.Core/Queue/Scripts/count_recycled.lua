-- Counts the end of a worker that hanging handlers made end itself as one move of each of their jobs. Such a job is elsewhere by then,
-- as its next attempt: retry.lua has left a count for that, which goes when the attempt is settled. Without one nothing is counted.
-- KEYS[1]  {q}:suspects  HASH  SHA-1 of an envelope -> how often recovery moved it
-- ARGV[1]  how often a job is moved until it runs alone
-- ARGV[2…] of each job: SHA-1 of its next attempt's envelope; 1: it ran alone | 0: beside other jobs
-- Returns  jobs counted
-- include wrong_type.lua
-- include count_move.lua
local suspects, alone_from = KEYS[1], tonumber(ARGV[1])

local wrong = wrong_type(suspects, 'hash')
if wrong then
  return wrong
end

local counted = 0
for i = 2, #ARGV, 2 do
  if redis.call('HEXISTS', suspects, ARGV[i]) == 1 then
    count_move(suspects, ARGV[i], ARGV[i + 1] == '1', alone_from)
    counted = counted + 1
  end
end
return counted
