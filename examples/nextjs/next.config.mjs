// Only because this folder stands in another project.
export default { turbopack: { root: import.meta.dirname } };
