// World files (world.md 1): YAML and JSON in AWS's own shapes, merged into one `World`.
import Cloud
