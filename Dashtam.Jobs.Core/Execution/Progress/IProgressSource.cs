namespace Dashtam.Jobs.Core.Execution.Progress;

/// <summary>Gives a run its progress when it first asks: most runs report none.</summary>
internal interface IProgressSource
{
    /// <summary>The run's progress, the same one each time.</summary>
    JobProgress Open();
}
