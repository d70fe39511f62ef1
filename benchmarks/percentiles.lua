-- Prints what benchmarks/wrk.py reads: rate, percentiles in milliseconds, and what went wrong by
-- kind: answers not 200, answers later than two seconds, and connections that failed.
-- A second argument is a form to post instead of a page to get.
local form

init = function(args)
  form = args[1]
end

request = function()
  if form then
    local kind = {["Content-Type"] = "application/x-www-form-urlencoded"}
    return wrk.format("POST", nil, kind, form)
  end
  return wrk.format("GET", nil, {["Accept-Encoding"] = "gzip"})
end

done = function(summary, latency, requests)
  io.write(string.format("rate %.2f\n", summary.requests / (summary.duration / 1e6)))
  for _, p in ipairs({50, 95, 99}) do
    io.write(string.format("p%d %.3f\n", p, latency:percentile(p) / 1000))
  end
  for _, kind in ipairs({"status", "timeout", "connect", "read", "write"}) do
    io.write(string.format("%s %d\n", kind, summary.errors[kind]))
  end
end
