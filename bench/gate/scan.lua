-- wrk: one scan after another, each under an id of its own.
-- Arguments: the file of requests, bytes of one, bytes before its id, number of the first, and which run it is.
local heads, tails, n, number, run = {}, {}, 0, 0, 0
local ID_BYTES = 36
local format = string.format

function init(args)
   local file = assert(io.open(args[1], "rb"))
   local data = file:read("*a")
   file:close()
   local size, head = tonumber(args[2]), tonumber(args[3])
   number, run = tonumber(args[4]), tonumber(args[5])
   n = #data / size
   for place = 0, n - 1 do
      local begins = place * size
      heads[place] = data:sub(begins + 1, begins + head)
      tails[place] = data:sub(begins + head + ID_BYTES + 1, begins + size)
   end
end

function request()
   number = number + 1
   local place = number % n
   return heads[place] .. format("%08x-0000-4000-a000-%012x", number, run) .. tails[place]
end

function done(summary, latency)
   local e = summary.errors
   io.write(format("\nFOUND %d %d %d %d %f %f\n", summary.requests, summary.duration, e.status,
      e.connect + e.read + e.write + e.timeout, latency:percentile(50), latency:percentile(99)))
end
