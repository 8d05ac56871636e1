using System.CommandLine;
using Dashtam.Jobs.Faults;
using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Faults.PythonSchedules;
using Dashtam.Jobs.Faults.Soak;

if (args is [SteppedScheduler.Verb])
{
    return await SteppedScheduler.RunAsync();
}

if (args is [DeadlockedScheduler.Verb])
{
    return await DeadlockedScheduler.RunAsync();
}

var seed = new Option<int?>("--seed") { Description = "replays an earlier run's faults; by default drawn, and printed" };
var faults = new Option<int>("--faults") { Description = "how many faults", DefaultValueFactory = _ => 1_000 };
var output = new Option<string>("--output")
{
    Description = "where history, logs and report go",
    DefaultValueFactory = _ => Path.Combine("TestResults", "faults"),
};
var root = new RootCommand("Runs workers and schedulers on a real Redis, breaks everything, and checks what was promised.")
{
    seed, faults, output,
};
var minutes = new Option<int>("--minutes") { Description = "how long", DefaultValueFactory = _ => 30 };
var soak = new Command("soak", "Half load without faults: how fast memory, handles and keys grow.") { minutes };
soak.SetAction((parsed, _) => SoakCommand.RunAsync(parsed.GetValue(minutes), Path.Combine("TestResults", "soak")));
root.Add(soak);
var seconds = new Option<int>("--seconds") { Description = "for how long schedulers are killed", DefaultValueFactory = _ => 180 };
var fixtures = new Option<string>("--fixtures")
{
    Description = "where TaskIQ's captured entries are",
    DefaultValueFactory = _ => Path.Combine("Dashtam.Jobs.Tests", "Fixtures"),
};
var python = new Command("python-schedules", "Schedules of Python producers while schedulers are killed, and what idle ones cost.")
{
    seconds, fixtures,
};
python.SetAction((parsed, _) => PythonSchedulesCommand.RunAsync(
    parsed.GetValue(seconds), parsed.GetValue(fixtures)!, Path.Combine("TestResults", "python-schedules")));
root.Add(python);
root.SetAction((parsed, _) =>
    FaultCommand.RunAsync(parsed.GetValue(seed), parsed.GetValue(faults), parsed.GetValue(output)!));
return await root.Parse(args).InvokeAsync();
