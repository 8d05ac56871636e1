using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Queue.Progress;

namespace Dashtam.Jobs.Core.Execution.Runs;

/// <summary>What runs need, the same for all of them.</summary>
/// <param name="Fences">Where fence tokens come from.</param>
/// <param name="Progress">Where progress is written.</param>
/// <param name="MostAttempts">Attempts that any job has at most.</param>
/// <param name="Time">The clock.</param>
internal sealed record RunMeans(IFenceTokens Fences, IProgressStore Progress, int MostAttempts, TimeProvider Time);
